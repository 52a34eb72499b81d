metadata description = 'Key vault of a workspace: access by roles only.'

@description('Name, unique in the world.')
param name string

@description('Azure region.')
param location string

@description('Tags of the vault.')
param tags object

@description('true: reachable from the allowed addresses.')
param publicAccess bool

@description('Public IPv4 addresses and ranges that may reach it.')
param allowedAddresses string[] = []

@description('How long a deleted vault comes back; cannot be changed later.')
@minValue(7)
@maxValue(90)
param softDeleteDays int

@description('Nobody can purge it before that time; cannot be switched off again.')
param purgeProtection bool

@description('Keep the vault from being deleted.')
param deleteLock bool

@description('Log Analytics workspace that gets the audit logs.')
param auditLogsId string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    accessPolicies: []
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    // Azure refuses the word false here: not protected means not said.
    enablePurgeProtection: purgeProtection ? true : null
    enableRbacAuthorization: true
    enableSoftDelete: true
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Deny'
      ipRules: [
        for address in allowedAddresses: {
          value: address
        }
      ]
      virtualNetworkRules: []
    }
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    sku: {
      family: 'A'
      name: 'standard'
    }
    softDeleteRetentionInDays: softDeleteDays
    tenantId: tenant().tenantId
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
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
  scope: vault
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the secrets of a workspace.'
  }
}

output id string = vault.id
output name string = vault.name
