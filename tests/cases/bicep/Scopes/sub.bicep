targetScope = 'subscription'
output text string = subscription().displayName
