// a version after the catalogue: kinds from another version of the type, no invented error
param addresses resourceInput<'microsoft.machineLearningServices/workspaces@2099-01-01'>.properties.ipAllowlist?
param unheardOf resourceInput<'Microsoft.Storage/storageAccounts@2099-01-01'>.properties.unheardOf?

type policies = resourceInput<'Microsoft.Storage/storageAccounts@2099-01-01'>.properties.policies

param policy policies[*].first?

output all array = [
  addresses
  unheardOf
  policy
]
