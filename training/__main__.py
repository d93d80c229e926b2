"""Train both bundled models: `python -m training`."""

from training import messages, wardrobe

if __name__ == "__main__":
    messages.main()
    wardrobe.main()
