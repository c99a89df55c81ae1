package io.github.tfkfac.detection.draw;

import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.List;

/** Matches places for labels near their boxes, without covering other labels if possible. */
final class LabelPlaces {

  private final Rectangle picture;
  private final List<Rectangle> taken = new ArrayList<>();

  LabelPlaces(int width, int height) {
    this.picture = new Rectangle(width, height);
  }

  /** Above the box, inside at its upper edge, inside at its lower edge, or below it. */
  Rectangle place(Rectangle box, int width, int height) {
    int bottom = box.y + box.height;
    int[] tops = {box.y - height, box.y, bottom - height, bottom};
    Rectangle chosen = at(box.x, Math.max(0, tops[0]), width, height);
    for (int top : tops) {
      Rectangle place = at(box.x, top, width, height);
      if (picture.contains(place) && taken.stream().noneMatch(place::intersects)) {
        chosen = place;
        break;
      }
    }
    taken.add(chosen);
    return chosen;
  }

  private Rectangle at(int left, int top, int width, int height) {
    int latest = Math.max(0, picture.width - width);
    return new Rectangle(Math.max(0, Math.min(left, latest)), top, width, height);
  }
}
