targetScope = 'subscription'
param groupName string

resource group 'Microsoft.Resources/resourceGroups@2023-07-01' = {
  name: groupName
  location: 'west'
}

module inGroup 'part.bicep' = {
  scope: group
  name: 'inGroup'
}

module byName 'part.bicep' = {
  scope: resourceGroup('other')
  name: 'byName'
}

module elsewhere 'part.bicep' = {
  scope: resourceGroup('00000000-0000-0000-0000-000000000000', 'far')
  name: 'elsewhere'
}

module again 'sub.bicep' = {
  scope: subscription('11111111-1111-1111-1111-111111111111')
  name: 'again'
}

resource policy 'Microsoft.Authorization/policyAssignments@2022-06-01' = {
  name: 'policy'
  properties: {
    metadata: inGroup.outputs.text
  }
}

output id string = policy.id
output groupId string = group.id
