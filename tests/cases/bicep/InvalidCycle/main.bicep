module a 'part.bicep' = {
  name: 'a'
}
