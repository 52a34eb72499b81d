// parts of resource types that came after the catalogue: kinds from newer facts, no invented error
param scripts resourceInput<'Microsoft.Web/serverfarms@2025-03-01'>.properties.installScripts?
param injections resourceInput<'Microsoft.CognitiveServices/accounts@2026-03-01'>.properties.networkInjections[*]?
param unheardOf resourceInput<'Microsoft.Storage/storageAccounts@2099-01-01'>.properties.unheardOf?

type policies = resourceInput<'Microsoft.Storage/storageAccounts@2099-01-01'>.properties.policies

param policy policies[*].first?

output all array = [
  scripts
  injections
  unheardOf
  policy
]
