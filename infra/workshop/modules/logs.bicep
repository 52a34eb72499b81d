metadata description = 'Log Analytics workspace: where metrics, traces and audit logs go.'

@description('Name in the resource group.')
param name string

@description('Azure region.')
param location string

@description('Tags of the workspace.')
param tags object

@description('How long logs are kept.')
param retentionDays int

@description('What is sent past it on one day is lost.')
param dailyCapGb int?

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    features: {
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
    retentionInDays: retentionDays
    sku: {
      name: 'PerGB2018'
    }
    workspaceCapping: {
      dailyQuotaGb: dailyCapGb ?? -1
    }
  }
}

output id string = logs.id
output name string = logs.name
