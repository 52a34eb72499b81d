param text string = 'leaf'

output text string = text
