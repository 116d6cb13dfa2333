"""What a page may ask a device for. The content policy and the rest of the headers are settings."""

from typing import Final

# Passkeys are used; all else that a page could ask a device for is off.
PERMISSIONS_POLICY: Final = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "browsing-topics",
                "camera",
                "display-capture",
                "encrypted-media",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "screen-wake-lock",
                "usb",
                "xr-spatial-tracking",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)
