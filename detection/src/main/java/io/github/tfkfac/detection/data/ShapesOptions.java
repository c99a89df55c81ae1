package io.github.tfkfac.detection.data;

import java.util.Objects;

/**
 * Options of a generated data set of shapes.
 *
 * @param trainImages images to train on
 * @param valImages images to evaluate on
 * @param leastSide least height and width of an image, pixels
 * @param greatestSide greatest height and width of an image, pixels
 * @param categories kinds of shapes, 1 to 4: disk, square, triangle, star
 * @param mostObjects objects of an image: between 1 and this many, less where there is no room
 * @param groupShare part of the images that hold a group of small shapes annotated as a crowd
 * @param format of the image files
 * @param seed chooses everything left to chance
 */
public record ShapesOptions(
    int trainImages,
    int valImages,
    int leastSide,
    int greatestSide,
    int categories,
    int mostObjects,
    double groupShare,
    Format format,
    long seed) {

  /** Shapes smaller than these images allow could not be told apart. */
  private static final int SMALLEST_SIDE = 48;

  /** Format of image files. */
  public enum Format {
    JPEG("jpg"),
    PNG("png");

    private final String extension;

    Format(String extension) {
      this.extension = extension;
    }

    String extension() {
      return extension;
    }
  }

  public ShapesOptions {
    Objects.requireNonNull(format, "format");
    require(trainImages > 0 && valImages > 0, "at least 1 image of each part", trainImages);
    require(
        leastSide >= SMALLEST_SIDE && greatestSide >= leastSide,
        SMALLEST_SIDE + " <= least side <= greatest side",
        leastSide + " and " + greatestSide);
    require(
        categories >= 1 && categories <= ShapesScene.KINDS.size(),
        "1 to " + ShapesScene.KINDS.size() + " categories",
        categories);
    require(mostObjects >= 1, "at least 1 object per image", mostObjects);
    require(groupShare >= 0 && groupShare <= 1, "a share of groups from 0 to 1", groupShare);
  }

  /** Images of 96 to 160 pixels with up to 6 objects of 4 categories, groups in every tenth. */
  public static ShapesOptions of(int trainImages, int valImages, long seed) {
    return new ShapesOptions(trainImages, valImages, 96, 160, 4, 6, 0.1, Format.JPEG, seed);
  }

  /** The same with other limits of the images' sides. */
  public ShapesOptions withSides(int least, int greatest) {
    return new ShapesOptions(
        trainImages, valImages, least, greatest, categories, mostObjects, groupShare, format, seed);
  }

  /** The same with other categories, numbers of objects and shares of groups. */
  public ShapesOptions withObjects(int ofCategories, int most, double groups) {
    return new ShapesOptions(
        trainImages, valImages, leastSide, greatestSide, ofCategories, most, groups, format, seed);
  }

  /** The same with another format of the files. */
  public ShapesOptions withFormat(Format replacement) {
    return new ShapesOptions(
        trainImages,
        valImages,
        leastSide,
        greatestSide,
        categories,
        mostObjects,
        groupShare,
        replacement,
        seed);
  }

  private static void require(boolean holds, String expected, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "expected " + expected + " in a generated data set, found " + found);
    }
  }
}
