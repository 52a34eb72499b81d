metadata description = 'Azure Machine Learning workspace with an identity of its own.'

@description('Name in the resource group.')
param name string

@description('Azure region.')
param location string

@description('Tags of the workspace.')
param tags object

@description('Name shown in the studio.')
param displayName string?

@description('Text shown in the studio.')
param summary string?

@description('User-assigned identity that the workspace acts as; its roles must exist before the workspace.')
param identityId string

@description('Storage account, without hierarchical namespace; cannot be changed later.')
param storageId string

@description('Key vault; cannot be changed later.')
param keyVaultId string

@description('Application Insights.')
param insightsId string?

@description('Container registry; without one Azure makes its own at the first image build.')
param registryId string?

@description('true: the studio and the API answer on the internet.')
param publicAccess bool

@description('What computes in the managed network may call.')
@allowed([
  'Disabled'
  'AllowInternetOutbound'
  'AllowOnlyApprovedOutbound'
])
param isolationMode string

@description('Outbound rules of the managed network by name, besides those that the service makes.')
param outboundRules object = {}

@description('Size of the firewall that FQDN rules bring.')
param firewallSku string?

@description('Keep names apart in storage, key vault and registry that other workspaces use too; cannot be changed later.')
param dataIsolation bool

@description('Less diagnostic data for Microsoft; cannot be changed later.')
param highBusinessImpact bool

@description('How the default datastores sign in.')
@allowed([
  'Identity'
  'AccessKey'
])
param datastoreAuth string

@description('Cluster that builds images where the registry is closed.')
param imageBuildCompute string?

@description('Log Analytics workspace that gets the audit logs.')
param auditLogsId string?

resource workspace 'Microsoft.MachineLearningServices/workspaces@2025-12-01' = {
  name: name
  location: location
  tags: tags
  kind: 'Default'
  sku: {
    name: 'Basic'
    tier: 'Basic'
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    applicationInsights: insightsId
    containerRegistry: registryId
    description: summary
    enableDataIsolation: dataIsolation
    friendlyName: displayName ?? name
    hbiWorkspace: highBusinessImpact
    imageBuildCompute: imageBuildCompute
    keyVault: keyVaultId
    managedNetwork: {
      firewallSku: firewallSku
      isolationMode: isolationMode
      outboundRules: empty(outboundRules) ? null : outboundRules
    }
    primaryUserAssignedIdentity: identityId
    // Acts at creation alone. Without it the first compute makes the network, and others that start then fail.
    provisionNetworkNow: isolationMode == 'Disabled' ? null : true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    storageAccount: storageId
    systemDatastoresAuthMode: datastoreAuth
    v1LegacyMode: false
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (auditLogsId != null) {
  scope: workspace
  name: 'audit'
  properties: {
    workspaceId: auditLogsId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

output id string = workspace.id
output name string = workspace.name
output mlflowTrackingUri string = workspace.properties.mlFlowTrackingUri
