"""Opportunities, products, price books and orders, in the notation of :mod:`schema_text`."""

OPPORTUNITY = """
Name string(120) required
AccountId reference(Account) rel=Account children=Opportunities cascade_delete
StageName picklist required : Prospecting; Qualification; Needs Analysis; Proposal/Price Quote; Negotiation/Review;
Closed Won; Closed Lost
CloseDate date required
Amount currency(18,2)
Probability percent(3,0)
Type picklist : Existing Business; New Business
NextStep string(255)
LeadSource picklist : Web; Phone Inquiry; Partner Referral; Purchased List; Other
Pricebook2Id reference(Pricebook2) rel=Pricebook2
CampaignId reference(Campaign) rel=Campaign children=Opportunities
ForecastCategoryName picklist : Pipeline; Best Case; Commit; Closed
Description textarea(32000)
IsClosed boolean readonly
IsWon boolean readonly
HasOpportunityLineItem boolean readonly
"""

OPPORTUNITY_LINE = """
OpportunityId reference(Opportunity) rel=Opportunity children=OpportunityLineItems required cascade_delete createonly
PricebookEntryId reference(PricebookEntry) rel=PricebookEntry createonly restricted_delete
Product2Id reference(Product2) rel=Product2 createonly
ProductCode string(255) readonly
Name string(376) readonly
Quantity double(12,2) required
UnitPrice currency(16,2)
TotalPrice currency(16,2)
Discount percent(5,2)
Subtotal currency(16,2) readonly
ListPrice currency(16,2) readonly
ServiceDate date
Description string(255)
SortOrder int
"""

PRODUCT = """
Name string(255) required
ProductCode string(255)
Description textarea(4000)
IsActive boolean
Family picklist : None
ExternalId string(255)
StockKeepingUnit string(180) id_lookup
QuantityUnitOfMeasure picklist : Each
DisplayUrl url(1000)
"""

PRICEBOOK = """
Name string(255) required
IsActive boolean
IsStandard boolean readonly
Description string(255)
"""

PRICEBOOK_ENTRY = """
Pricebook2Id reference(Pricebook2) rel=Pricebook2 children=PricebookEntries required createonly restricted_delete
Product2Id reference(Product2) rel=Product2 children=PricebookEntries required createonly cascade_delete
Name string(255) readonly
ProductCode string(255) readonly
UnitPrice currency(16,2) required
IsActive boolean
UseStandardPrice boolean
"""

ORDER = """
AccountId reference(Account) rel=Account children=Orders required restricted_delete
ContractId string(18)
OrderNumber string(30) auto_number readonly
Name string(80)
EffectiveDate date required
EndDate date
Status picklist required : Draft; Activated
StatusCode picklist readonly : Draft; Activated
Type picklist
PoNumber string(80)
PoDate date
OrderReferenceNumber string(80)
Pricebook2Id reference(Pricebook2) rel=Pricebook2 children=Orders
BillingAddress addressparts(Billing)
ShippingAddress addressparts(Shipping)
BillToContactId reference(Contact) rel=BillToContact
ShipToContactId reference(Contact) rel=ShipToContact
TotalAmount currency(18,2) readonly
ActivatedDate datetime readonly
ActivatedById reference(User) rel=ActivatedBy readonly
Description textarea(32000)
"""

ORDER_ITEM = """
OrderId reference(Order) rel=Order children=OrderItems required cascade_delete createonly
OrderItemNumber string(30) auto_number readonly
PricebookEntryId reference(PricebookEntry) rel=PricebookEntry children=OrderItems required createonly restricted_delete
Product2Id reference(Product2) rel=Product2 children=OrderItems createonly
Quantity double(16,2) required
UnitPrice currency(16,2) required
ListPrice currency(16,2) readonly
TotalPrice currency(16,2) readonly
ServiceDate date
EndDate date
Description string(255)
"""

CAMPAIGN = """
Name string(80) required
ParentId reference(Campaign) rel=Parent children=ChildCampaigns
Type picklist : Conference; Email; Webinar; Other
Status picklist default=Planned defaulted_on_create : Planned; In Progress; Completed; Aborted
StartDate date
EndDate date
BudgetedCost currency(18,2)
ActualCost currency(18,2)
ExpectedRevenue currency(18,2)
NumberSent double(18,0)
IsActive boolean
Description textarea(32000)
"""
