def graph_html(scene, name):
    return scene.to_svg()
