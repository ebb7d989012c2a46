"""The words of the chat, one gettext catalogue a language; read by `bot.chat.catalogue`."""
