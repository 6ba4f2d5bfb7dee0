def scene_svg(scene, width, height):
    return "<svg></svg>"


def chart_svg(chart, width):
    return "<svg></svg>"
