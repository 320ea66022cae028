"""Django's admin as an app: it must be importable before any model is, so the site is named by text."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class AdministratorsConfig(AdminConfig):
    """django.contrib.admin, with a site of our own."""

    default_site = "pacs.access.admin_site.AdministratorsSite"
