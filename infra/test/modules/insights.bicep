metadata description = 'Application Insights of a workspace, on top of Log Analytics.'

@description('Name in the resource group.')
param name string

@description('Azure region.')
param location string

@description('Tags of the component.')
param tags object

@description('Log Analytics workspace that holds the data.')
param logsId string

@description('true: senders may use the instrumentation key.')
param localAuth bool

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: !localAuth
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
    WorkspaceResourceId: logsId
  }
}

output id string = insights.id
output name string = insights.name
