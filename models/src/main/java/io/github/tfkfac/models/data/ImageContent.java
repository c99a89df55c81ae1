package io.github.tfkfac.models.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Sort of a file's content, told from its first bytes as the file's name can be wrong; for messages
 * about files that cannot be decoded.
 */
enum ImageContent {
  EMPTY("an empty file"),
  JPEG("a JPEG file"),
  PNG("a PNG file"),
  GIF("a GIF file"),
  BMP("a BMP file"),
  TIFF("a TIFF file"),
  WEBP("a WebP image, which Java does not read"),
  HEIF("a HEIF or AVIF image, which Java does not read"),
  LINK("the pointer of Git LFS to a file; fetch it with 'git lfs pull'"),
  PAGE("a web page"),
  OTHER("another format");

  private static final byte MARKER = (byte) 0xff;
  private static final byte START_OF_SCAN = (byte) 0xda;
  private static final byte END_OF_IMAGE = (byte) 0xd9;
  private static final byte[] END_CHUNK = "IEND".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_START = 64;

  private final String text;

  ImageContent(String text) {
    this.text = text;
  }

  /** Of a file. */
  static ImageContent of(byte[] content) {
    if (content.length == 0) {
      return EMPTY;
    }
    byte[] first = Arrays.copyOf(content, Math.min(content.length, LONGEST_START));
    String start = new String(first, StandardCharsets.ISO_8859_1);
    if (start.startsWith("\u00ff\u00d8")) {
      return JPEG;
    }
    if (start.startsWith("\u0089PNG")) {
      return PNG;
    }
    if (start.startsWith("GIF8")) {
      return GIF;
    }
    if (start.startsWith("BM")) {
      return BMP;
    }
    if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
      return TIFF;
    }
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return WEBP;
    }
    if (start.startsWith("ftyp", 4)) {
      return HEIF;
    }
    if (start.startsWith("version https://git-lfs")) {
      return LINK;
    }
    return start.stripLeading().startsWith("<") ? PAGE : OTHER;
  }

  /** For messages. */
  String text() {
    return text;
  }

  /** For a message about such a file that cannot be decoded. */
  String damaged() {
    return this == OTHER ? text : text + " with an image that cannot be decoded";
  }

  /** For a message about a file that lacks its end. */
  String cutOff() {
    return text + " that ends within its image";
  }

  /**
   * Whether a JPEG file has no end-of-image marker behind its last scan, or a PNG file no end
   * chunk. Decoders fill up such JPEG images without an error.
   */
  boolean isCutOff(byte[] content) {
    return switch (this) {
      case JPEG -> !endsBehindLastScan(content);
      case PNG -> !hasEndChunk(content);
      default -> false;
    };
  }

  private static boolean endsBehindLastScan(byte[] jpeg) {
    for (int k = jpeg.length - 2; k >= 2; k--) {
      if (jpeg[k] == MARKER && jpeg[k + 1] == END_OF_IMAGE) {
        return true;
      }
      if (jpeg[k] == MARKER && jpeg[k + 1] == START_OF_SCAN) {
        return false;
      }
    }
    return false;
  }

  private static boolean hasEndChunk(byte[] png) {
    for (int k = png.length - END_CHUNK.length; k >= 0; k--) {
      if (Arrays.equals(png, k, k + END_CHUNK.length, END_CHUNK, 0, END_CHUNK.length)) {
        return true;
      }
    }
    return false;
  }
}
