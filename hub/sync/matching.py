"""Which companies of the directory may be the same as a vendor that the ERP alone knows: those of equal name, case ignored.

Source: the project tool's page on linking ERP companies; near matches are never proposed by machine."""

# A template over a directory company {t} with its link {l}, and the vendor {pt} it is proposed for.
SUGGESTED = (
    "{pt}.origin_id is null and {t}.origin_id is not null and {t}.origin_deleted_at is null and {t}.is_active"
    " and {t}.match_name = {pt}.match_name and {l}.state in ('NOT_SENT', 'UNLINKED')"
)
