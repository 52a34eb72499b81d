using none
param inherited = 7
