"""All tables, a file a subject."""

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
from campaigns.tables.draws import Draw, DrawValue
from campaigns.tables.imports import BankImport, BankImportPart, BankImportPicture, BankImportQuestion
from campaigns.tables.installation import Installation
from campaigns.tables.messages import AccessToken, Circuit, Lease, OutboxMessage, QrTicket, SubscriptionGrant
from campaigns.tables.people import Binding, Consent, Identity, Person, Unit
from campaigns.tables.play import Answer, Attempt, Inbound, Standing, UnitStanding, UnitTally
from campaigns.tables.prizes import Award, Certificate, Claim, CodeTry, Exclusion, Prize, PrizeGroup
from campaigns.tables.staff import Staff

__all__ = [
    "AccessToken",
    "Answer",
    "Attempt",
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
    "CampaignPart",
    "CampaignQuestion",
    "CampaignUnit",
    "Certificate",
    "Circuit",
    "Claim",
    "CodeTry",
    "Consent",
    "Draw",
    "DrawValue",
    "Exclusion",
    "Identity",
    "Inbound",
    "Installation",
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
    "Staff",
    "StagedQuestion",
    "Staging",
    "Standing",
    "SubscriptionGrant",
    "Table",
    "Unit",
    "UnitStanding",
    "UnitTally",
]
