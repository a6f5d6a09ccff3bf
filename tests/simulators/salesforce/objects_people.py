"""Accounts, people, and the users of the org, in the notation of :mod:`schema_text`."""

ACCOUNT = """
Name string(255) required
Type picklist(40) : Prospect; Customer - Direct; Customer - Channel; Channel Partner / Reseller; Installation Partner;
Technology Partner; Other
ParentId reference(Account) rel=Parent children=ChildAccounts
AccountNumber string(40)
BillingAddress addressparts(Billing)
ShippingAddress addressparts(Shipping)
Phone phone(40)
Fax phone(40)
Website url(255)
Sic string(20)
SicDesc string(80)
Industry picklist(40) : Agriculture; Apparel; Banking; Consulting; Education; Energy; Food & Beverage; Manufacturing;
Retail; Technology; Other
AnnualRevenue currency(18,0)
NumberOfEmployees int
Ownership picklist(40) : Public; Private; Subsidiary; Other
TickerSymbol string(20)
Rating picklist(40) : Hot; Warm; Cold
Site string(80)
AccountSource picklist : Web; Phone Inquiry; Partner Referral; Purchased List; Other
Description textarea(32000)
MasterRecordId reference(Account) rel=MasterRecord readonly
RecordTypeId reference(RecordType) rel=RecordType
LastActivityDate date readonly
IsPersonAccount boolean readonly requires=person_accounts
FirstName string(40) requires=person_accounts compound=Name
MiddleName string(40) requires=person_accounts+middle_name_suffix compound=Name
Suffix string(40) requires=person_accounts+middle_name_suffix compound=Name
LastName string(80) requires=person_accounts compound=Name
Salutation picklist(40) requires=person_accounts compound=Name : Mr.; Ms.; Mrs.; Dr.; Prof.
PersonContactId reference(Contact) rel=PersonContact readonly requires=person_accounts
"""

CONTACT = """
LastName string(80) required compound=Name
FirstName string(40) compound=Name
MiddleName string(40) compound=Name requires=middle_name_suffix
Suffix string(40) compound=Name requires=middle_name_suffix
Salutation picklist(40) compound=Name : Mr.; Ms.; Mrs.; Dr.; Prof.
Name string(121) readonly
AccountId reference(Account) rel=Account children=Contacts cascade_delete
OtherAddress addressparts(Other)
MailingAddress addressparts(Mailing)
Phone phone(40)
Fax phone(40)
MobilePhone phone(40)
HomePhone phone(40)
OtherPhone phone(40)
AssistantPhone phone(40)
AssistantName string(40)
ReportsToId reference(Contact) rel=ReportsTo
Email email(80) id_lookup
Title string(128)
Department string(80)
Birthdate date
LeadSource picklist : Web; Phone Inquiry; Partner Referral; Purchased List; Other
Description textarea(32000)
HasOptedOutOfEmail boolean
HasOptedOutOfFax boolean
DoNotCall boolean
IndividualId reference(Individual) rel=Individual children=Contacts
EmailBouncedReason string(255)
EmailBouncedDate datetime
MasterRecordId reference(Contact) rel=MasterRecord readonly
LastActivityDate date readonly
IsPersonAccount boolean readonly requires=person_accounts
"""

LEAD = """
LastName string(80) required compound=Name
FirstName string(40) compound=Name
MiddleName string(40) compound=Name requires=middle_name_suffix
Suffix string(40) compound=Name requires=middle_name_suffix
Salutation picklist(40) compound=Name : Mr.; Ms.; Mrs.; Dr.; Prof.
Name string(121) readonly
Title string(128)
Company string(255) required
Address addressparts()
Phone phone(40)
MobilePhone phone(40)
Fax phone(40)
Email email(80) id_lookup
Website url(255)
Description textarea(32000)
LeadSource picklist : Web; Phone Inquiry; Partner Referral; Purchased List; Other
Status picklist defaulted_on_create default=Open : Open; Working; Qualified; Unqualified
Industry picklist(40) : Banking; Retail; Technology; Other
Rating picklist(40) : Hot; Warm; Cold
AnnualRevenue currency(18,0)
NumberOfEmployees int
HasOptedOutOfEmail boolean
DoNotCall boolean
IsConverted boolean readonly
ConvertedDate date readonly
ConvertedAccountId reference(Account) rel=ConvertedAccount readonly
ConvertedContactId reference(Contact) rel=ConvertedContact readonly
ConvertedOpportunityId reference(Opportunity) rel=ConvertedOpportunity readonly
IndividualId reference(Individual) rel=Individual children=Leads
MasterRecordId reference(Lead) rel=MasterRecord readonly
"""

INDIVIDUAL = """
LastName string(80) required compound=Name
FirstName string(40) compound=Name
MiddleName string(40) compound=Name requires=middle_name_suffix
Suffix string(40) compound=Name requires=middle_name_suffix
Salutation picklist(40) compound=Name : Mr.; Ms.; Mrs.; Dr.; Prof.
Name string(121) readonly
ShouldForget boolean
SendIndividualData boolean
HasOptedOutTracking boolean
HasOptedOutProfiling boolean
HasOptedOutProcessing boolean
HasOptedOutSolicit boolean
HasOptedOutGeoTracking boolean
CanStorePiiElsewhere boolean
"""

USER = """
Username string(80) required unique id_lookup
LastName string(80) required compound=Name
FirstName string(40) compound=Name
MiddleName string(40) compound=Name requires=middle_name_suffix
Suffix string(40) compound=Name requires=middle_name_suffix
Name string(121) readonly
Email email(128) required
Alias string(8)
IsActive boolean default=true
UserType picklist readonly : Standard; AutomatedProcess
TimeZoneSidKey picklist(40)
LocaleSidKey picklist(40)
LanguageLocaleKey picklist(40)
FederationIdentifier string(512) id_lookup
"""

GROUP = """
Name string(40) required
DeveloperName string(80)
Type picklist createonly : Regular; Queue
Email email(255)
"""

QUEUE_SOBJECT = """
QueueId reference(Group) rel=Queue required createonly cascade_delete
SobjectType picklist required createonly
"""

RECORD_TYPE = """
Name string(80) required
DeveloperName string(80) required
SobjectType string(40) required createonly
Description string(255)
IsActive boolean default=true
IsPersonType boolean readonly
"""

ORGANIZATION = """
Name string(80)
IsSandbox boolean
InstanceName string(5)
OrganizationType string(40)
DefaultLocaleSidKey string(40)
"""

PERMISSION_SET = """
Name string(80) required
Label string(80) required
IsOwnedByProfile boolean readonly
"""

PERMISSION_SET_ASSIGNMENT = """
PermissionSetId reference(PermissionSet) rel=PermissionSet required createonly
AssigneeId reference(User) rel=Assignee required createonly
"""
