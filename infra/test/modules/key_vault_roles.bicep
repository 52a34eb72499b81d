metadata description = 'Who has which role on a key vault.'

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

@description('Name of a key vault.')
param keyVaultName string

@description('The roles.')
param grants grant[]

resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: keyVaultName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in grants: {
    scope: keyVault
    name: guid(keyVault.id, one.principalId, one.role)
    properties: {
      description: one.why
      principalId: one.principalId
      principalType: one.?principalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', one.role)
    }
  }
]
