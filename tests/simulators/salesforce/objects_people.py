"""Accounts, people, and the users of the org, in the notation of :mod:`schema_text`."""

# What Odoo alone decides, shown to the people who work in the org: the same on companies and on people.
ODOO_STATE = """
Odoo_Customer_Number__c string(40)
Odoo_Account_Blocked__c boolean
Odoo_Block_Reason__c string(255)
Odoo_Blocked_Until__c date
Odoo_Credit_Limit__c currency(18,2)
Odoo_Amount_Due__c currency(18,2)
Odoo_Overdue_Amount__c currency(18,2)
Odoo_Credit_State__c picklist restricted : OK; Near limit; Hold
Odoo_Payment_Terms__c string(80)
Odoo_Tax_Class__c string(80)
Odoo_VAT_Status__c picklist restricted : Valid; Invalid; Unchecked
"""

ACCOUNT = """
Name string(255) required
Type picklist : Prospect; Customer - Direct; Customer - Channel; Channel Partner / Reseller; Installation Partner;
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
Industry picklist : Agriculture; Apparel; Banking; Consulting; Education; Energy; Food & Beverage; Manufacturing;
Retail; Technology; Other
AnnualRevenue currency(18,0)
NumberOfEmployees int
Ownership picklist : Public; Private; Subsidiary; Other
TickerSymbol string(20)
Rating picklist : Hot; Warm; Cold
Site string(80)
AccountSource picklist : Web; Phone Inquiry; Partner Referral; Purchased List; Other
Description textarea(32000)
MasterRecordId reference(Account) rel=MasterRecord readonly
RecordTypeId reference(RecordType) rel=RecordType
LastActivityDate date readonly
Odoo_External_Id__c string(64) unique external_id id_lookup case_sensitive
VAT_Number__c string(32)
Customer_Number__c string(40)
IsPersonAccount boolean readonly requires=person_accounts
FirstName string(40) requires=person_accounts
LastName string(80) requires=person_accounts
Salutation picklist(40) requires=person_accounts : Mr.; Ms.; Mrs.; Dr.; Prof.
PersonContactId reference(Contact) rel=PersonContact readonly requires=person_accounts
"""

CONTACT = """
LastName string(80) required
FirstName string(40)
Salutation picklist(40) : Mr.; Ms.; Mrs.; Dr.; Prof.
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
Odoo_External_Id__c string(64) unique external_id id_lookup case_sensitive
Language__c string(20)
IsPersonAccount boolean readonly requires=person_accounts
"""

LEAD = """
LastName string(80) required
FirstName string(40)
Salutation picklist(40) : Mr.; Ms.; Mrs.; Dr.; Prof.
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
Industry picklist : Banking; Retail; Technology; Other
Rating picklist : Hot; Warm; Cold
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
LastName string(80) required
FirstName string(40)
Salutation picklist(40) : Mr.; Ms.; Mrs.; Dr.; Prof.
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
LastName string(80) required
FirstName string(40)
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
