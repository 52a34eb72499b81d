metadata description = 'Who has which role on a blob container.'

type grant = {
  @description('Object id in Entra.')
  principalId: string

  @description('Said, so that a principal made a moment ago is found; left out if only Azure knows who deploys.')
  principalType: 'Group' | 'ServicePrincipal' | 'User'?

  @description('Id of a built-in role.')
  role: string

  @description('The reason.')
  why: string
}

@description('Name of a storage account.')
param accountName string

@description('Name of a container in it.')
param container string

@description('The roles.')
param grants grant[]

resource blobs 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' existing = {
  name: '${accountName}/default/${container}'
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in grants: {
    scope: blobs
    name: guid(blobs.id, one.principalId, one.role)
    properties: {
      description: one.why
      principalId: one.principalId
      principalType: one.?principalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', one.role)
    }
  }
]
