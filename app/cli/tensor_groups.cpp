#include "tensor_groups.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

namespace inferlab::cli {

namespace {

struct LayerName
{
    std::string pattern;
    int64_t layer = -1;
};

LayerName splitLayer(const std::string &name)
{
    constexpr std::string_view kPrefix = "blk.";
    if (!name.starts_with(kPrefix))
        return {name, -1};
    const char *begin = name.data() + kPrefix.size();
    const char *end = name.data() + name.size();
    int64_t layer = -1;
    const auto [rest, error] = std::from_chars(begin, end, layer);
    if (error != std::errc() || layer < 0 || rest == end || *rest != '.')
        return {name, -1};
    return {"blk.N" + std::string(rest, end), layer};
}

} // namespace

std::vector<TensorGroup> groupTensors(const std::vector<TensorEntry> &tensors)
{
    std::vector<TensorGroup> groups;
    std::map<std::tuple<std::string, DType, std::vector<int64_t>>, size_t> known;
    for (const TensorEntry &tensor : tensors) {
        const LayerName name = splitLayer(tensor.name);
        const auto [place, isNew] =
            known.try_emplace({name.pattern, tensor.dtype, tensor.shape}, groups.size());
        if (isNew)
            groups.push_back({name.pattern, tensor.dtype, tensor.shape, {}, 0, 0});
        TensorGroup &group = groups[place->second];
        if (name.layer >= 0)
            group.layers.push_back(name.layer);
        group.bytes += tensor.bytes;
        group.tensors += 1;
    }
    for (TensorGroup &group : groups)
        std::sort(group.layers.begin(), group.layers.end());
    return groups;
}

std::string layerRanges(const std::vector<int64_t> &layers)
{
    std::string text;
    for (size_t i = 0; i < layers.size();) {
        size_t last = i;
        while (last + 1 < layers.size() && layers[last + 1] == layers[last] + 1)
            ++last;
        text += (text.empty() ? "" : ", ") + std::to_string(layers[i]);
        if (last > i)
            text += "-" + std::to_string(layers[last]);
        i = last + 1;
    }
    return text;
}

} // namespace inferlab::cli
