type account = resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties
param sku resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.sku
param tier resourceInput<'microsoft.storage/storageaccounts@2023-01-01'>.properties.accessTier?
param rules account.networkAcls.ipRules
param rule account.networkAcls.ipRules[*]
param tags resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.tags
param seen resourceOutput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties.primaryEndpoints.blob
output o account.allowBlobPublicAccess = true
