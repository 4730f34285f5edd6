// A chart with everything that makes it stand alone: title, subtitle, legend, plot, n and foot.
#pragma once

#include "ui/charts/chart_export.h"

#include <QGraphicsScene>

namespace inferlab {

class Plot;

class Picture
{
public:
    Picture(const ExportedChart &chart, const ExportNotes &notes,
            const QSizeF &size = kPictureSize);

    QGraphicsScene &scene() noexcept { return m_scene; }
    static Theme theme(); // on paper: light, white behind

private:
    QGraphicsScene m_scene;
};

} // namespace inferlab
