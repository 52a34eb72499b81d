output text string = resourceGroup().name
