targetScope = 'subscription'

metadata description = 'Registry and logs for all, key vault and storage for dev and test'

var location = 'westeurope'

var tags = {
  environment: 'shared'
  'managed-by': 'amlctl'
  owner: 'ml-platform@example.com'
  'cost-center': 'ml-platform'
}

// Where everything lies.
resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-mlplat-shared'
  location: location
  tags: tags
}

module logs 'modules/logs.bicep' = {
  scope: group
  params: {
    name: 'log-mlplat-shared'
    location: location
    tags: tags
    retentionDays: 365
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'stmlplatsharedl42v3'
    location: location
    tags: tags
    sku: 'Standard_ZRS'
    publicAccess: false
    sharedKeyAccess: false
    versioning: true
    softDeleteDays: 14
    shareSoftDeleteDays: 7
    containers: [
      'training-data'
    ]
    deleteLock: true
    auditLogsId: logs.outputs.id
  }
}

module keyVault 'modules/key_vault.bicep' = {
  scope: group
  params: {
    name: 'kv-mlplat-shared-l42v3'
    location: location
    tags: tags
    publicAccess: false
    softDeleteDays: 90
    purgeProtection: true
    deleteLock: true
    auditLogsId: logs.outputs.id
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: {
    name: 'crmlplatsharedl42v3'
    location: location
    tags: tags
    sku: 'Premium'
    publicAccess: false
    zoneRedundancy: true
    retentionDays: 15
    armTokens: false
    deleteLock: true
    auditLogsId: logs.outputs.id
  }
}
