#include "architecture.h"

#include "llama.h"
#include "llama_tensors.h"

#include <array>

namespace inferlab {

const Architecture *findArchitecture(std::string_view name) noexcept
{
    static constexpr std::array<Architecture, 1> kArchitectures {{
        {"llama", llamaTensors, llamaLayer},
    }};
    for (const Architecture &architecture : kArchitectures) {
        if (architecture.name == name)
            return &architecture;
    }
    return nullptr;
}

} // namespace inferlab
