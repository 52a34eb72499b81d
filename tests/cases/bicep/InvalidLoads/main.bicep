var a = loadTextContent('gone.txt')
output o string = a
