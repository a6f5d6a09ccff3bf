"""Assets, cases and tasks, in the notation of :mod:`schema_text`."""

ASSET = """
Name string(255) required
AccountId reference(Account) rel=Account children=Assets cascade_delete
ContactId reference(Contact) rel=Contact children=Assets
Product2Id reference(Product2) rel=Product2 children=Assets
ParentId reference(Asset) rel=Parent children=ChildAssets
SerialNumber string(80)
PurchaseDate date
InstallDate date
UsageEndDate date
Price currency(18,2)
Quantity double(12,2)
Status picklist : Purchased; Shipped; Installed; Registered; Obsolete
Description textarea(32000)
"""

CASE = """
CaseNumber string(30) auto_number readonly id_lookup
ContactId reference(Contact) rel=Contact children=Cases
AccountId reference(Account) rel=Account children=Cases
AssetId reference(Asset) rel=Asset children=Cases
ProductId reference(Product2) rel=Product children=Cases
EntitlementId string(18)
ParentId reference(Case) rel=Parent children=Cases
SuppliedName string(80)
SuppliedEmail email(80)
SuppliedPhone string(40)
SuppliedCompany string(80)
ContactEmail email(80) readonly
ContactPhone phone(40) readonly
Type picklist : Problem; Feature Request; Question
RecordTypeId reference(RecordType) rel=RecordType
Status picklist defaulted_on_create default=New : New; Working; Escalated; Closed
Reason picklist : Installation; Equipment Complexity; Performance; Breakdown; New problem; Other
Origin picklist : Phone; Email; Web
Priority picklist defaulted_on_create default=Medium : High; Medium; Low
Subject string(255)
Description textarea(32000)
Comments textarea(4000)
IsEscalated boolean
IsClosed boolean readonly
ClosedDate datetime readonly
MasterRecordId reference(Case) rel=MasterRecord readonly
"""

CASE_COMMENT = """
ParentId reference(Case) rel=Parent children=CaseComments required createonly cascade_delete
CommentBody textarea(4000)
IsPublished boolean
"""

TASK = """
Subject string(255)
Status picklist required defaulted_on_create default=Open : Open; In Progress; Completed; Deferred
Priority picklist required defaulted_on_create default=Normal : High; Normal; Low
WhoId reference(Contact,Lead) rel=Who children=Tasks
WhatId reference(Account,Case,Opportunity,Asset,Order) rel=What children=Tasks
ActivityDate date
Description textarea(32000)
IsClosed boolean readonly
TaskSubtype picklist createonly : Task; Email; Call
CallType picklist : Internal; Inbound; Outbound
CallDurationInSeconds int
IsArchived boolean readonly
"""
