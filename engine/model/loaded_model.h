// A model ready to run on one device: configuration, weights in the backend's layout, tokenizer,
// template.
#pragma once

#include "engine/model/model_config.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"
#include "kernels/api/backend.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace inferlab {

struct LoadOptions
{
    std::string device = "cpu"; // as --device
    int threads = 0;            // 0: defaultThreads()
    std::string instructionSet; // of the CPU, as --isa; empty: the best
};

struct LoadProgress
{
    uint64_t doneBytes = 0;
    uint64_t totalBytes = 0;
};
using LoadProgressCallback = std::function<void(const LoadProgress &)>;

// What names a model in records and exports.
struct ModelIdentity
{
    std::string name;         // "SmolLM2 135M Instruct"
    std::string file;         // file name without folder
    std::string quantisation; // "Q4_1", the type that holds most weight bytes
    std::string
        hash; // "sha256:..." of the whole file; empty until computed (engine/files/file_hash.h)
    uint64_t fileBytes = 0;
    uint64_t parameters = 0;
    uint64_t weightBytes = 0;  // resident in the backend
    int32_t contextTokens = 0; // that the model was trained for
};

struct ModelWeights; // engine/model/weights.h

class LoadedModel
{
public:
    // Throws InputError for a file that cannot be run or does not fit in memory (with the numbers),
    // std::runtime_error when the device cannot start, Cancelled when *stop became true.
    static std::shared_ptr<LoadedModel> load(const std::filesystem::path &path,
                                             const LoadOptions &options,
                                             const LoadProgressCallback &progress = {},
                                             const std::atomic<bool> *stop = nullptr);
    ~LoadedModel();

    const ModelConfig &config() const noexcept;
    const ModelIdentity &identity() const noexcept;
    const Tokenizer &tokenizer() const noexcept;
    const ChatTemplate *chatTemplate() const noexcept; // null when the file has none
    const ModelWeights &weights() const noexcept;
    Backend &backend() const noexcept;

private:
    LoadedModel();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace inferlab
