param text string
param numbers array
param hash string
param nested object
@secure()
param secret string
param later string
param inherited int
param unset string = ''
