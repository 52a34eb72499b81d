param text string
param more array = []
@secure()
param secret string = ''
output text string = '${text}${length(more)}${length(secret)}'
