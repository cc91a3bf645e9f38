"""The connectors that the suite is run for: one line each, as in the connectors' own registry."""

from tests.conformance.subject import Subject
from tests.conformance.subjects import mri, procore, reference

SUBJECTS: dict[str, Subject] = {
    subject.name: subject for subject in (procore.SUBJECT, mri.SUBJECT, mri.XML, reference.SUBJECT)
}
