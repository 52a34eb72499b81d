metadata description = 'Container registry for the images of jobs and endpoints: no admin user, nothing anonymous.'

@description('Name, unique in the world.')
param name string

@description('Azure region.')
param location string

@description('Tags of the registry.')
param tags object

@description('Premium is needed for a closed registry, zones and retention.')
@allowed([
  'Basic'
  'Standard'
  'Premium'
])
param sku string

@description('true: reachable from the internet.')
param publicAccess bool

@description('Kept in three zones; cannot be changed later.')
param zoneRedundancy bool

@description('How long untagged images stay (Premium).')
param retentionDays int

@description('true: tokens made for ARM may pull.')
param armTokens bool

@description('Keep the registry from being deleted.')
param deleteLock bool

@description('Log Analytics workspace that gets the audit logs.')
param auditLogsId string?

var premium = sku == 'Premium'

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    dataEndpointEnabled: premium
    networkRuleBypassOptions: 'AzureServices'
    policies: {
      azureADAuthenticationAsArmPolicy: {
        status: armTokens ? 'enabled' : 'disabled'
      }
      exportPolicy: {
        status: publicAccess ? 'enabled' : 'disabled'
      }
      retentionPolicy: premium
        ? {
            days: retentionDays
            status: 'enabled'
          }
        : null
    }
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    zoneRedundancy: zoneRedundancy ? 'Enabled' : 'Disabled'
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (auditLogsId != null) {
  scope: registry
  name: 'audit'
  properties: {
    workspaceId: auditLogsId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deleteLock) {
  scope: registry
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the images of running jobs and endpoints.'
  }
}

output id string = registry.id
output name string = registry.name
