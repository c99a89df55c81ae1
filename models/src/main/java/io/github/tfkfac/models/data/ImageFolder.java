package io.github.tfkfac.models.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Color images in the layout of ImageNet: {@code train/<class>/<image>} and {@code
 * val/<class>/<image>}, JPEG or PNG files of any size.
 *
 * <p>Classes are the folders of {@code train}, numbered in the order of their names. An image is
 * the square in its middle, resized; files are read whenever their image is asked for. The images
 * come in turns, one of each class, so that the first of them are of all classes.
 *
 * @param folder the folder with {@code train} and {@code val}
 * @param size height and width that every image gets
 * @param crop side of the square in parts of the image's shorter side
 */
public record ImageFolder(Path folder, int size, double crop) {

  /** Height and width of the images of ImageNet's usual networks. */
  public static final int IMAGENET_SIZE = 224;

  /** The usual crop of 224 pixels after resizing the shorter side to 256. */
  public static final double IMAGENET_CROP = 0.875;

  private static final String TRAIN = "train";
  private static final String VALIDATION = "val";
  private static final Pattern IMAGE_NAME = Pattern.compile(".*\\.(jpe?g|png)");
  private static final String REMEDY = "give a folder with train/CLASS/IMAGE and val/CLASS/IMAGE";

  public ImageFolder {
    if (size <= 0 || !(crop > 0 && crop <= 1)) {
      throw new IllegalArgumentException(
          "expected a positive image size and a crop above 0 and up to 1, found "
              + size
              + " and "
              + crop);
    }
  }

  /**
   * The images of {@code train}.
   *
   * @throws DataException if a folder is missing or has no images
   */
  public ImageDataset train() {
    return read(TRAIN);
  }

  /**
   * The images of {@code val}.
   *
   * @throws DataException if a folder is missing, has no images, or a class is not in {@code train}
   */
  public ImageDataset validation() {
    return read(VALIDATION);
  }

  private ImageDataset read(String part) {
    List<String> classes = names(folder.resolve(TRAIN), Files::isDirectory);
    if (classes.isEmpty()) {
      throw DataException.of(folder.resolve(TRAIN), "one folder per class", "no folders", REMEDY);
    }
    for (String found : names(folder.resolve(part), Files::isDirectory)) {
      if (!classes.contains(found)) {
        throw DataException.of(
            folder.resolve(part),
            "the classes of " + TRAIN,
            "class " + found,
            "remove its folder or add it to " + TRAIN);
      }
    }
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<List<String>> images = classes.stream().map(name -> images(part, name)).toList();
    int longest = images.stream().mapToInt(List::size).max().orElseThrow();
    for (int turn = 0; turn < longest; turn++) {
      for (int label = 0; label < classes.size(); label++) {
        if (turn < images.get(label).size()) {
          files.add(Path.of(part, classes.get(label), images.get(label).get(turn)));
          labels.add(label);
        }
      }
    }
    ImageShape shape = new ImageShape(size, size, 3);
    return ImageDataset.stored(
        "image folder " + part,
        shape,
        classes,
        new ImagesInFiles(folder, files, shape, Region.center(crop)),
        labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private List<String> images(String part, String className) {
    Path classFolder = folder.resolve(part).resolve(className);
    List<String> images =
        names(
            classFolder,
            file ->
                IMAGE_NAME
                    .matcher(file.getFileName().toString().toLowerCase(Locale.ROOT))
                    .matches());
    if (images.isEmpty()) {
      throw DataException.of(classFolder, "images named *.jpg, *.jpeg or *.png", "none", REMEDY);
    }
    return images;
  }

  private static List<String> names(Path folder, Predicate<Path> kind) {
    if (!Files.isDirectory(folder)) {
      throw DataException.of(
          folder, "a folder", Files.exists(folder) ? "a file" : "no such folder", REMEDY);
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(kind)
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw DataException.of(folder, "a readable folder", e.toString(), "check the permissions", e);
    }
  }
}
