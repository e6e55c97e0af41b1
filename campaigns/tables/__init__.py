"""All tables, a file a subject."""

from campaigns.tables.audit import AuditEntry
from campaigns.tables.banks import Bank, BankChange, Picture, Question, QuestionRevision, StagedQuestion, Staging
from campaigns.tables.base import Table
from campaigns.tables.campaigns import (
    Campaign,
    CampaignChange,
    CampaignPart,
    CampaignQuestion,
    CampaignUnit,
    Regrade,
    RegradeMove,
)
from campaigns.tables.data_requests import DataRequest
from campaigns.tables.draws import Draw, DrawValue
from campaigns.tables.figures import CampaignFigures
from campaigns.tables.imports import BankImport, BankImportPart, BankImportPicture, BankImportQuestion
from campaigns.tables.installation import Installation
from campaigns.tables.jobs import Job, JobPiece
from campaigns.tables.messages import AccessToken, Circuit, Lease, OutboxMessage, QrTicket, SubscriptionGrant
from campaigns.tables.people import Binding, Consent, Identity, Person, Unit
from campaigns.tables.play import Answer, Attempt, Inbound, Standing, UnitStanding, UnitTally
from campaigns.tables.prizes import Award, Certificate, Claim, CodeTry, Exclusion, Prize, PrizeGroup
from campaigns.tables.reports import Report, ReportPhoto, ReportTemplate
from campaigns.tables.signals import AttemptOrigin, AttemptVoid, Signal
from campaigns.tables.staff import Staff, StaffSession

__all__ = [
    "AccessToken",
    "Answer",
    "Attempt",
    "AttemptOrigin",
    "AttemptVoid",
    "AuditEntry",
    "Award",
    "Bank",
    "BankChange",
    "BankImport",
    "BankImportPart",
    "BankImportPicture",
    "BankImportQuestion",
    "Binding",
    "Campaign",
    "CampaignChange",
    "CampaignFigures",
    "CampaignPart",
    "CampaignQuestion",
    "CampaignUnit",
    "Certificate",
    "Circuit",
    "Claim",
    "CodeTry",
    "Consent",
    "DataRequest",
    "Draw",
    "DrawValue",
    "Exclusion",
    "Identity",
    "Inbound",
    "Installation",
    "Job",
    "JobPiece",
    "Lease",
    "OutboxMessage",
    "Person",
    "Picture",
    "Prize",
    "PrizeGroup",
    "QrTicket",
    "Question",
    "QuestionRevision",
    "Regrade",
    "RegradeMove",
    "Report",
    "ReportPhoto",
    "ReportTemplate",
    "Signal",
    "Staff",
    "StaffSession",
    "StagedQuestion",
    "Staging",
    "Standing",
    "SubscriptionGrant",
    "Table",
    "Unit",
    "UnitStanding",
    "UnitTally",
]
