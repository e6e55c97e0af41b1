"""The rules of the game and their records. Knows no web and no WeChat; is told the time and handed its stores."""
