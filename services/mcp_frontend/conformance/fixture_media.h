// A picture and a sound for fixtures, in base64.
#pragma once

namespace mesh::conformance {

// One red dot.
inline constexpr char kPng[] =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGO4oKAAAALUARHMX99WAAAAAElFTkSuQm"
    "CC";

// A head and a sample of silence.
inline constexpr char kWav[] = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==";

}  // namespace mesh::conformance
