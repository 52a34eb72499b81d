targetScope = 'subscription'

param flag bool
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'vault-of-subscription'
  location: 'westeurope'
  properties: {
    sku: {
      family: 'A'
      name: 'standard'
    }
    tenantId: tenant().tenantId
  }
}
resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'group'
  location: 'westeurope'
  scope: tenant()
}
module inner 'inner.bicep' = {
  name: 'inner'
  params: {
    wanted: 1
    other: 'a'
  }
}
module placed 'inner.bicep' = {
  name: 'placed'
  scope: subscription()
  params: {
    wanted: 'a'
  }
}
module good 'inner.bicep' = {
  name: 'good'
  scope: group
  params: {
    else: 'a'
  }
}
module text 'inner.bicep' = {
  name: 'text'
  scope: 'group'
  params: {
    wanted: flag
  }
}
output scope string = resourceGroup().id
output fromModule string = good.outputs.reslt
