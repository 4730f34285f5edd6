#include "model_variants.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/model_summary.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace inferlab {

namespace {

namespace fs = std::filesystem;

struct Variant
{
    std::string file;
    std::string architecture;
    uint64_t parameters = 0, weightBytes = 0;
};

Variant variantOf(const fs::path &path)
{
    const ModelFileSummary summary = summarizeModel(*GgufFile::open(path));
    if (!summary.runnable())
        throw InputError(path.string(), {}, "a model that can be run", summary.reason);
    return {path.string(), summary.architecture, summary.parameters, summary.weightBytes};
}

std::optional<Variant> variantIfAny(const fs::path &path)
{
    try {
        return variantOf(path);
    } catch (const InputError &) {
        return std::nullopt; // another file of the folder, whatever it is
    }
}

} // namespace

std::vector<std::string> modelVariants(const fs::path &model)
{
    const Variant given = variantOf(model);
    std::vector<Variant> variants {given};
    const fs::path folder = model.has_parent_path() ? model.parent_path() : fs::path(".");
    std::error_code unreadable; // a folder that cannot be listed holds no others that can be found
    for (const auto &entry : fs::directory_iterator(folder, unreadable)) {
        std::error_code ignored;
        if (entry.path().extension() != ".gguf" || fs::equivalent(entry.path(), model, ignored))
            continue;
        const auto other = variantIfAny(entry.path());
        if (other && other->architecture == given.architecture
            && other->parameters == given.parameters)
            variants.push_back(*other);
    }
    std::sort(variants.begin(), variants.end(), [](const Variant &a, const Variant &b) {
        return a.weightBytes > b.weightBytes || (a.weightBytes == b.weightBytes && a.file < b.file);
    });
    std::vector<std::string> files;
    for (const Variant &variant : variants)
        files.push_back(variant.file);
    return files;
}

} // namespace inferlab
