#include "loaded_model.h"

#include "engine/base/byte_text.h"
#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/architecture.h"
#include "engine/model/weights.h"
#include "kernels/api/devices.h"

#include <map>

namespace inferlab {

struct LoadedModel::Parts
{
    ModelConfig config;
    ModelIdentity identity;
    std::unique_ptr<Tokenizer> tokenizer;
    std::unique_ptr<ChatTemplate> chatTemplate;
    std::unique_ptr<Backend> backend; // before the weights: they go first
    ModelWeights weights;
};

namespace {

ModelIdentity identify(const GgufFile &file, const ModelConfig &config)
{
    ModelIdentity identity;
    identity.name = config.name;
    identity.file = file.path().filename().string();
    identity.fileBytes = file.fileBytes();
    identity.contextTokens = config.contextTokens;
    std::map<DType, size_t> bytesOfType;
    for (const TensorEntry &tensor : file.tensors()) {
        identity.parameters += static_cast<uint64_t>(tensor.elements());
        bytesOfType[tensor.dtype] += tensor.bytes;
    }
    size_t most = 0;
    for (const auto &[type, bytes] : bytesOfType) {
        if (bytes > most) {
            most = bytes;
            identity.quantisation = dtypeInfo(type).name;
        }
    }
    return identity;
}

std::unique_ptr<ChatTemplate> readTemplate(const GgufFile &file, const Tokenizer &tokenizer)
{
    const std::optional<std::string> source = file.optionalString("tokenizer.chat_template");
    if (!source)
        return nullptr;
    const auto name = [&tokenizer](int32_t id) {
        return id >= 0 ? tokenizer.piece(id) : std::string();
    };
    const int32_t end = tokenizer.endTokens().empty() ? -1 : tokenizer.endTokens().front();
    return std::make_unique<ChatTemplate>(*source, name(tokenizer.beginToken()), name(end),
                                          file.path().filename().string());
}

// "as Q4_0 it would take about 3.6 GiB": the type with most bits a weight of those that fit and
// are smaller than the file; empty when none does.
std::string whatWouldFit(const GgufFile &file, size_t needed, size_t free)
{
    int64_t elements = 0;
    for (const TensorEntry &tensor : file.tensors())
        elements += static_cast<int64_t>(tensor.elements());
    for (const DType type : {DType::Q8_0, DType::Q6_K, DType::Q5_K, DType::Q4_0, DType::Q2_K}) {
        const size_t block = dtypeInfo(type).blockElements;
        const size_t bytes = rowBytes(type, (elements / block + 1) * block);
        if (bytes < needed && bytes <= free)
            return "; as " + std::string(dtypeInfo(type).name) + " it would take about "
                + byteText(bytes);
    }
    return {};
}

void checkFits(const GgufFile &file, size_t needed, const Backend &backend)
{
    const std::optional<size_t> free = backend.device().freeBytes;
    if (free && needed > *free)
        throw DeviceRefusal(file.path().string(), "weights",
                            "at most " + byteText(*free) + " (the memory that is free)",
                            byteText(needed) + ", " + byteText(needed - *free) + " too much"
                                + whatWouldFit(file, needed, *free));
}

} // namespace

LoadedModel::LoadedModel()
    : m_parts(std::make_unique<Parts>())
{ }

LoadedModel::~LoadedModel() = default;

std::shared_ptr<LoadedModel> LoadedModel::load(const std::filesystem::path &path,
                                               const LoadOptions &options,
                                               const LoadProgressCallback &progress,
                                               const std::atomic<bool> *stop)
{
    const std::shared_ptr<const GgufFile> file = GgufFile::open(path);
    std::shared_ptr<LoadedModel> model(new LoadedModel);
    Parts &parts = *model->m_parts;
    parts.config = readModelConfig(*file);
    const Architecture *architecture = findArchitecture(parts.config.architecture);
    if (architecture == nullptr)
        throw InputError(path.string(), "general.architecture", "llama", parts.config.architecture);
    const std::vector<TensorSpec> specs = architecture->tensors(parts.config);
    parts.identity = identify(*file, parts.config);
    throwIfStopped(stop);

    parts.tokenizer = makeTokenizer(*file, stop);
    if (parts.tokenizer->vocabularySize() != parts.config.vocabulary)
        throw InputError(path.string(), "tokenizer.ggml.tokens",
                         std::to_string(parts.config.vocabulary)
                             + " tokens, as token_embd.weight has rows",
                         std::to_string(parts.tokenizer->vocabularySize()));
    parts.chatTemplate = readTemplate(*file, *parts.tokenizer);

    parts.backend =
        openBackend(options.device, options.threads > 0 ? options.threads : defaultThreads(),
                    options.instructionSet);
    // Said before minutes go into loading.
    const CacheSupport cache = parts.backend->supportsCache(DType::F16, parts.config.headDim);
    if (!cache.supported)
        throw DeviceRefusal(path.string() + ": " + cache.reason);
    checkFits(*file, weightBytesNeeded(*file, specs, *parts.backend), *parts.backend);
    uint64_t total = 0;
    for (const TensorSpec &spec : specs)
        total += file->tensor(spec.name).bytes;
    parts.weights = loadWeights(
        *file, specs, parts.config, *parts.backend,
        [&progress, total](uint64_t done) {
            if (progress)
                progress({done, total});
        },
        stop);
    parts.identity.weightBytes = parts.weights.bytes();
    return model;
}

const ModelConfig &LoadedModel::config() const noexcept
{
    return m_parts->config;
}

const ModelIdentity &LoadedModel::identity() const noexcept
{
    return m_parts->identity;
}

const Tokenizer &LoadedModel::tokenizer() const noexcept
{
    return *m_parts->tokenizer;
}

const ChatTemplate *LoadedModel::chatTemplate() const noexcept
{
    return m_parts->chatTemplate.get();
}

const ModelWeights &LoadedModel::weights() const noexcept
{
    return m_parts->weights;
}

Backend &LoadedModel::backend() const noexcept
{
    return *m_parts->backend;
}

} // namespace inferlab
