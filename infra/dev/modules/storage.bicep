metadata description = 'Storage account: open to the internet for who has a role, or closed but for private endpoints.'

@description('Name, unique in the world.')
param name string

@description('Azure region.')
param location string

@description('Tags of the account.')
param tags object

@description('How often and where data is kept.')
param sku string

@description('true: reachable from the internet, with a role; false: through private endpoints alone.')
param publicAccess bool

@description('true: account keys and shared access signatures work.')
param sharedKeyAccess bool

@description('Keep older versions of blobs.')
param versioning bool

@description('How long deleted blobs and containers come back.')
param softDeleteDays int

@description('How long deleted file shares come back.')
param shareSoftDeleteDays int

@description('Blob containers to make.')
param containers string[] = []

@description('Keep the account from being deleted.')
param deleteLock bool

@description('Log Analytics workspace that gets the audit logs.')
param auditLogsId string?

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowedCopyScope: 'AAD'
    allowSharedKeyAccess: sharedKeyAccess
    defaultToOAuthAuthentication: true
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: {
        blob: {
          enabled: true
          keyType: 'Account'
        }
        file: {
          enabled: true
          keyType: 'Account'
        }
        queue: {
          enabled: true
          keyType: 'Account'
        }
        table: {
          enabled: true
          keyType: 'Account'
        }
      }
    }
    isHnsEnabled: false
    isLocalUserEnabled: false
    isSftpEnabled: false
    minimumTlsVersion: 'TLS1_2'
    networkAcls: {
      bypass: 'AzureServices'
      // The studio works with no list of addresses here, so it is all or nothing.
      defaultAction: publicAccess ? 'Allow' : 'Deny'
      ipRules: []
      virtualNetworkRules: []
    }
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    sasPolicy: {
      expirationAction: 'Log'
      sasExpirationPeriod: '1.00:00:00'
    }
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    containerDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    deleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    isVersioningEnabled: versioning
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    shareDeleteRetentionPolicy: {
      enabled: true
      days: shareSoftDeleteDays
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for one in containers: {
    parent: blobs
    name: one
    properties: {
      publicAccess: 'None'
    }
  }
]

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (auditLogsId != null) {
  scope: blobs
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
  scope: account
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the data of a workspace.'
  }
}

output id string = account.id
output name string = account.name
