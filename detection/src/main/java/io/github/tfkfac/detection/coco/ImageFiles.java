package io.github.tfkfac.detection.coco;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Files of a data set's images in a folder.
 *
 * <p>A file name is taken as it is first. Otherwise it may have backslashes, escaped characters, be
 * an address whose parameter {@code d} names the file, or start with folders that are not below the
 * given one, as exporters write; leading folders are left out only if no other image of the set has
 * the same last name, so that two images never share a file by that.
 *
 * <p>A name never leads out of the folder: not by {@code ..}, as an absolute path or by a link.
 */
public final class ImageFiles {

  private static final String FILE_PARAMETER = "?d=";

  /** Behind the name of a file that is not read, for messages. */
  private static final String LEADS_OUT = " (a link that leads out of the folder)";

  /** The same where leading folders cannot be left out. */
  private static final String OF_SEVERAL = " (several images have this last name)";

  /** In place of a name that no file has. */
  private static final String NO_NAME = "?";

  private final Path folder;
  private final Path realFolder;
  private final Map<String, Integer> lastNames = new HashMap<>();

  /**
   * Files of these images.
   *
   * @param folder that the file names start from
   */
  public ImageFiles(Path folder, List<CocoImage> images) {
    this.folder = folder;
    this.realFolder = real(folder);
    images.stream()
        .map(CocoImage::fileName)
        .distinct()
        .forEach(name -> lastNames.merge(lastName(name), 1, Integer::sum));
  }

  /** The image's file; if there is none, the place where it should be. */
  public Path of(CocoImage image) {
    Path plain = resolved(image.fileName());
    if (isFile(plain)) {
      return plain;
    }
    for (String name : readings(image.fileName())) {
      Path file = resolved(name);
      if (isFile(file)) {
        return file;
      }
      if (lastNames.getOrDefault(lastName(image.fileName()), 0) > 1) {
        continue;
      }
      for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
        Path shorter = resolved(name.substring(slash + 1));
        if (isFile(shorter)) {
          return shorter;
        }
      }
    }
    Path place = isInside(plain) ? plain : resolved(lastName(image.fileName()));
    if (!isInside(place)) {
      return folder.resolve(NO_NAME);
    }
    if (!Files.isRegularFile(place)) {
      return place;
    }
    return place.resolveSibling(place.getFileName() + (isFile(place) ? OF_SEVERAL : LEADS_OUT));
  }

  private boolean isInside(Path file) {
    return file.normalize().startsWith(folder.normalize());
  }

  /** Whether there is such a file in the folder, behind links too. */
  private boolean isFile(Path file) {
    return isInside(file) && Files.isRegularFile(file) && real(file).startsWith(realFolder);
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException absent) {
      return path.toAbsolutePath().normalize();
    }
  }

  /** The last part of a file name, read in the same way. */
  public static String lastName(String fileName) {
    List<String> readings = readings(fileName);
    String name = readings.get(readings.size() - 1);
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** Possible meanings of a name, the simplest first. */
  private static List<String> readings(String fileName) {
    Set<String> readings = new LinkedHashSet<>();
    String slashes = fileName.replace('\\', '/');
    readings.add(slashes);
    int parameter = slashes.indexOf(FILE_PARAMETER);
    String named =
        parameter < 0
            ? slashes
            : slashes.substring(parameter + FILE_PARAMETER.length()).replaceFirst("&.*", "");
    readings.add(named);
    readings.add(unescaped(named).replace('\\', '/'));
    return new ArrayList<>(readings);
  }

  /** With the characters that {@code %XX} stands for; a plus stays one, as in a path. */
  private static String unescaped(String name) {
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEscaped) {
      return name;
    }
  }

  private Path resolved(String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException noPath) {
      return folder.resolve(NO_NAME);
    }
  }
}
