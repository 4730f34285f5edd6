#include "result_model.h"

#include <QFileInfo>
#include <algorithm>

namespace inferlab {

bool isOnModel(const ExperimentResult &result, const QString &model)
{
    const std::string file = QFileInfo(model).fileName().toStdString();
    return std::all_of(result.points.begin(), result.points.end(), [&](const PointResult &point) {
        return !point.point.settings.modelFile.empty() || point.runs.empty()
            || point.runs.front().record->provenance.modelFile == file;
    });
}

} // namespace inferlab
