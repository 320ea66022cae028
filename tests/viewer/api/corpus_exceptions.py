"""What of ../shared/data is refused at the door, and what is kept but cannot be shown: paths or folders by reason."""

from __future__ import annotations

REFUSED: dict[str, tuple[str, ...]] = {
    # image classes without Pixel Data, as a file cut before it would look (promise P3)
    "pixels_missing": (
        "charset-pydicom/chrJapMulti.dcm",
        "charset-pydicom/chrJapMultiExplicitIR6.dcm",
        "charset-pydicom/chrKoreanMulti.dcm",
        "fo-dicom/GH178.dcm",
        "fo-dicom/GH487.dcm",
        "pydicom/dicomdirtests/TINY_ALPHA/PT000000/",
    ),
    # no Study, Series or SOP Instance UID, or none that is valid
    "no_identifiers": (
        "charset-pydicom/chrSQEncoding.dcm",
        "charset-pydicom/chrSQEncoding1.dcm",
        "fo-dicom/GH220.dcm",
        "fo-dicom/multiframe.dcm",
        "pydicom-data/HTJ2KLossless_08_RGB.dcm",
        "pydicom-data/HTJ2K_08_RGB.dcm",
        "pydicom-data/JLSL_08_07_0_1F.dcm",
        "pydicom-data/JLSL_16_15_1_1F.dcm",
        "pydicom-data/JLSL_RGB_ILV0.dcm",
        "pydicom-data/JLSL_RGB_ILV1.dcm",
        "pydicom-data/JLSL_RGB_ILV2.dcm",
        "pydicom-data/JLSN_RGB_ILV0.dcm",
        "pydicom-data/bad_sequence.dcm",
        "pydicom/JPEGLSNearLossless_08.dcm",
        "pydicom/JPEGLSNearLossless_16.dcm",
        "pydicom/SC_rgb_jls_lossy_line.dcm",
        "pydicom/SC_rgb_jls_lossy_sample.dcm",
        "pydicom/UN_sequence.dcm",
        "pydicom/empty_charset_LEI.dcm",
        "pydicom/no_meta_group_length.dcm",
        "pydicom/priv_SQ.dcm",
        "pylibjpeg-data/JPEGLosslessSV1/JPEGLosslessP14SV1_1s_1f_u_16_16.dcm",
    ),
    # cut short
    "truncated": (
        "dcm4che/3gb-bulk-data-truncated",
        "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm",
        "pydicom/MR_truncated.dcm",
        "pydicom/rtplan_truncated.dcm",
    ),
    # the index of a disc: its files are read one by one
    "index": (
        "dcm4che/DICOMDIR",
        "fo-dicom/DICOMDIR",
        "pydicom/dicomdirtests/DICOMDIR",
        "pydicom/dicomdirtests/DICOMDIR-bigEnd",
        "pydicom/dicomdirtests/DICOMDIR-empty.dcm",
        "pydicom/dicomdirtests/DICOMDIR-implicit",
        "pydicom/dicomdirtests/DICOMDIR-nooffset",
        "pydicom/dicomdirtests/DICOMDIR-nopatient",
        "pydicom/dicomdirtests/DICOMDIR-reordered",
        "pydicom/dicomdirtests/TINY_ALPHA/DICOMDIR",
    ),
    # no File Meta Information that names one (PS3.10 7.1): a guess that fits may still be wrong
    "no_transfer_syntax": (
        "dcm4che/no_preamble_dicm_in_data",
        "fo-dicom/CR-MONO1-10-chest",
        "pydicom-data/OT-PAL-8-face.dcm",
        "pydicom/ExplVR_BigEndNoMeta.dcm",
        "pydicom/ExplVR_LitEndNoMeta.dcm",
        "pydicom/meta_missing_tsyntax.dcm",
        "pydicom/rtstruct.dcm",
    ),
    # fewer pixels than Rows, Columns and Number of Frames say
    "pixels_too_short": ("fo-dicom/GH1146.dcm",),
    # lengths that lead nowhere
    "malformed": (
        "fo-dicom/GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm",
        "fo-dicom/GH179A.dcm",
    ),
    # Number of Frames "1A", or no Bits Allocated
    "pixels_unclear": (
        "pydicom/badVR.dcm",
        "pydicom/nested_priv_SQ.dcm",
    ),
}
CANNOT_SHOW: dict[str, tuple[str, ...]] = {
    # its codestream holds a sequence delimiter, which ends the element for every reader
    "size_mismatch": ("pydicom/JPEG2000-embedded-sequence-delimiter.dcm",),
    # kept and listed; showing it is another matter
    "video": (
        "synthetic/video/h264_102.dcm",
        "synthetic/video/hevc_107.dcm",
        "synthetic/video/mpeg2_100.dcm",
    ),
}
# shown as pictures alone: no codestream of ours holds their numbers
NO_STREAM: dict[str, tuple[str, ...]] = {
    "float": (
        "pydicom-data/parametric_map_double_float.dcm",
        "pydicom-data/parametric_map_float.dcm",
    ),
    # 32 bits, most of them doses
    "wide": (
        "pydicom/rtdose.dcm",
        "pydicom/rtdose_1frame.dcm",
        "pydicom/rtdose_expb.dcm",
        "pydicom/rtdose_expb_1frame.dcm",
        "pydicom/rtdose_rle.dcm",
        "pydicom/rtdose_rle_1frame.dcm",
        "rt-dicompyler/rtdose.dcm",
        "synthetic/pixel-matrix/s32_monochrome1.dcm",
        "synthetic/pixel-matrix/s32_monochrome2.dcm",
        "synthetic/pixel-matrix/u32_monochrome1.dcm",
        "synthetic/pixel-matrix/u32_monochrome2.dcm",
        "synthetic/rt/rtdose_ct.dcm",
    ),
}
