metadata description = 'A name in a workspace for a blob container, reached with the identity of the workspace.'

@description('Workspace that it belongs to.')
param workspaceName string

@description('Name in the workspace.')
param name string

@description('Storage account.')
param accountName string

@description('Resource group of the account.')
param accountGroup string = resourceGroup().name

@description('Subscription of the account.')
param accountSubscription string = subscription().subscriptionId

@description('Name of a blob container.')
param container string

@description('Text shown in the studio.')
param summary string?

resource workspace 'Microsoft.MachineLearningServices/workspaces@2025-12-01' existing = {
  name: workspaceName
}

resource datastore 'Microsoft.MachineLearningServices/workspaces/datastores@2025-12-01' = {
  parent: workspace
  name: name
  properties: {
    datastoreType: 'AzureBlob'
    accountName: accountName
    containerName: container
    credentials: {
      credentialsType: 'None'
    }
    description: summary
    endpoint: environment().suffixes.storage
    protocol: 'https'
    resourceGroup: accountGroup
    serviceDataAccessAuthIdentity: 'WorkspaceUserAssignedIdentity'
    subscriptionId: accountSubscription
  }
}
