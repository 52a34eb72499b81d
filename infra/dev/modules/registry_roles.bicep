metadata description = 'Who has which role on a container registry.'

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

@description('Name of a container registry.')
param registryName string

@description('The roles.')
param grants grant[]

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in grants: {
    scope: registry
    name: guid(registry.id, one.principalId, one.role)
    properties: {
      description: one.why
      principalId: one.principalId
      principalType: one.?principalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', one.role)
    }
  }
]
