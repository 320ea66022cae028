from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from pacs.api.audit import AuditCheckView, AuditView, SeenView
from pacs.api.bin import BinEntryView, BinView, RestoreView
from pacs.api.break_glass import BreakGlassView, LockedView, ReviewView
from pacs.api.deidentified import DeidentifiedView, DownloadView
from pacs.api.grants import AllGrantsView, GroupsView, GroupView, OneGrantView
from pacs.api.health_links import HealthLinkView, ManifestView, SealedFileView
from pacs.api.institutions import InstitutionsView, InstitutionView, StudyMovesView
from pacs.api.keys import KeysView, KeyView
from pacs.api.links import LinkCodeView, LinkOpeningView, LinkView, StayView
from pacs.api.people import GrantsView, GrantView, PeopleView, PersonView, TiesView
from pacs.api.received import MatchView, ReceivedListView, ReceivedView
from pacs.api.roles import RolesView, RoleView
from pacs.api.sees import SeesStudyView, SeesView
from pacs.api.session import LockView, PresenceView, SessionView
from pacs.api.setup import SetupView
from pacs.api.shares import NoticesView, SharesView, ShareView
from pacs.api.sso import SsoView
from pacs.api.step_up import StepUpView
from pacs.api.studies import StudiesView
from pacs.api.upload_links import UploadLinksView
from pacs.api.uploads import RetryView, UploadsView, UploadView

urlpatterns: list[URLPattern | URLResolver] = [
    path("session", SessionView.as_view()),
    path("session/presence", PresenceView.as_view()),
    path("session/lock", LockView.as_view()),
    path("sso", SsoView.as_view()),
    path("step-up", StepUpView.as_view()),
    path("setup", SetupView.as_view()),
    path("studies", StudiesView.as_view()),
    path("shares", SharesView.as_view()),
    path("shares/<str:public_id>", ShareView.as_view()),
    path("shares/<str:public_id>/health-link", HealthLinkView.as_view()),
    path("shl/<str:token>", ManifestView.as_view()),
    path("shl/files/<str:ticket>", SealedFileView.as_view()),
    path("notices", NoticesView.as_view()),
    path("links/look", LinkView.as_view()),
    path("links/open", LinkOpeningView.as_view()),
    path("links/code", LinkCodeView.as_view()),
    path("links/stay", StayView.as_view()),
    path("studies/<str:study>/deidentified", DeidentifiedView.as_view()),
    path("deidentified/<str:ticket>", DownloadView.as_view()),
    path("keys", KeysView.as_view()),
    path("keys/<int:number>", KeyView.as_view()),
    path("people", PeopleView.as_view()),
    path("people/<str:username>", PersonView.as_view()),
    path("people/<str:username>/ties", TiesView.as_view()),
    path("people/<str:username>/grants", GrantsView.as_view()),
    path("people/<str:username>/grants/<str:study>", GrantView.as_view()),
    path("people/<str:username>/sees", SeesView.as_view()),
    path("people/<str:username>/sees/<str:study>", SeesStudyView.as_view()),
    path("roles", RolesView.as_view()),
    path("roles/<str:role>", RoleView.as_view()),
    path("grants", AllGrantsView.as_view()),
    path("grants/<int:number>", OneGrantView.as_view()),
    path("groups", GroupsView.as_view()),
    path("groups/<int:number>", GroupView.as_view()),
    path("institutions", InstitutionsView.as_view()),
    path("institutions/<int:number>", InstitutionView.as_view()),
    path("institutions/<int:number>/studies", StudyMovesView.as_view()),
    path("audit", AuditView.as_view()),
    path("audit/check", AuditCheckView.as_view()),
    path("my-images/seen", SeenView.as_view()),
    path("break-glass", BreakGlassView.as_view()),
    path("break-glass/search", LockedView.as_view()),
    path("break-glass/<int:number>", ReviewView.as_view()),
    path("bin", BinView.as_view()),
    path("bin/<int:number>", BinEntryView.as_view()),
    path("bin/<int:number>/restore", RestoreView.as_view()),
    path("received", ReceivedListView.as_view()),
    path("received/<int:number>", ReceivedView.as_view()),
    path("received/<int:number>/match", MatchView.as_view()),
    path("upload-links", UploadLinksView.as_view()),
    path("uploads", UploadsView.as_view()),
    path("uploads/<uuid:upload_id>", UploadView.as_view()),
    path("uploads/<uuid:upload_id>/retry", RetryView.as_view()),
]
